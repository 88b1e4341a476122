"""Row ids: UUID version 7 (RFC 9562), unguessable enough to show and ordered by time, so that indexes grow at one end."""

import uuid

import uuid_utils


def new_id() -> uuid.UUID:
    return uuid.UUID(bytes=uuid_utils.uuid7().bytes)
