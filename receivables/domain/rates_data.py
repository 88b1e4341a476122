"""Statutory interest rates as dated facts: first day, percentage per year, where it was read.

Consumer rates are set by decree and never computed: the usual formula fails for 1 July 2025. Commercial rates are the
refinancing rate of the ECB plus 8 points, plus 7 before 16 March 2013 (6:120 BW). Rows from July 2025 were read second-hand
and stand to be compared with rijksoverheid.nl once; their note says so.
"""

from __future__ import annotations

from typing import Final

_SECOND_HAND: Final = "via derden die rijksoverheid.nl aanhalen, nog na te lezen"

CONSUMER: Final = (  # 6:119 BW
    ("1998-01-01", "6.00", "tabel Raad van Arbitrage"),
    ("2001-01-01", "8.00", "tabel Raad van Arbitrage"),
    ("2002-01-01", "7.00", "tabel Raad van Arbitrage"),
    ("2003-08-01", "5.00", "besluit 3-7-2003, Stb. 2003, 280"),
    ("2004-02-01", "4.00", "besluit 15-1-2004, Stb. 2004, 13"),
    ("2007-01-01", "6.00", "tabel Raad van Arbitrage"),
    ("2009-07-01", "4.00", "besluit 19-6-2009, Stb. 2009, 262"),
    ("2010-01-01", "3.00", "tabel Raad van Arbitrage"),
    ("2011-07-01", "4.00", "nieuwsbericht juni 2011 en openbare tabel"),
    ("2012-07-01", "3.00", "twee openbare tabellen, gelijk"),
    ("2015-01-01", "2.00", "twee openbare tabellen, gelijk"),
    ("2023-01-01", "4.00", "advocatenkantoor, juli 2023"),
    ("2023-07-01", "6.00", "advocatenkantoor, juli 2023"),
    ("2024-01-01", "7.00", "accountantskantoor, januari 2024"),
    ("2025-01-01", "6.00", "advocatenkantoor, 2025"),
    ("2026-01-01", "4.00", _SECOND_HAND),
)
COMMERCIAL: Final = (  # 6:119a and 6:119b BW, in force since 1 December 2002
    ("2002-12-01", "10.35", "ECB 3,35 + 7"),
    ("2003-01-01", "9.85", "ECB 2,85 + 7"),
    ("2003-07-01", "9.10", "ECB 2,10 + 7"),
    ("2004-01-01", "9.02", "ECB 2,02 + 7"),
    ("2004-07-01", "9.01", "ECB 2,01 + 7"),
    ("2005-01-01", "9.09", "ECB 2,09 + 7"),
    ("2005-07-01", "9.05", "ECB 2,05 + 7"),
    ("2006-01-01", "9.25", "ECB 2,25 + 7"),
    ("2006-07-01", "9.83", "ECB 2,83 + 7"),
    ("2007-01-01", "10.58", "ECB 3,58 + 7"),
    ("2007-07-01", "11.07", "ECB 4,07 + 7"),
    ("2008-01-01", "11.20", "ECB 4,20 + 7"),
    ("2008-07-01", "11.07", "ECB 4,07 + 7"),
    ("2009-01-01", "9.50", "ECB 2,50 + 7"),
    ("2009-07-01", "8.00", "ECB 1,00 + 7"),
    ("2010-01-01", "8.00", "ECB 1,00 + 7"),
    ("2010-07-01", "8.00", "ECB 1,00 + 7"),
    ("2011-01-01", "8.00", "ECB 1,00 + 7"),
    ("2011-07-01", "8.25", "ECB 1,25 + 7"),
    ("2012-01-01", "8.00", "ECB 1,00 + 7"),
    ("2012-07-01", "8.00", "ECB 1,00 + 7"),
    ("2013-01-01", "7.75", "ECB 0,75 + 7"),
    ("2013-03-16", "8.75", "ECB 0,75 + 8"),
    ("2013-07-01", "8.50", "ECB 0,50 + 8"),
    ("2014-01-01", "8.25", "ECB 0,25 + 8"),
    ("2014-07-01", "8.15", "ECB 0,15 + 8"),
    ("2015-01-01", "8.05", "ECB 0,05 + 8"),
    ("2015-07-01", "8.05", "ECB 0,05 + 8"),
    ("2016-01-01", "8.05", "ECB 0,05 + 8"),
    ("2016-07-01", "8.00", "ECB 0,00 + 8"),
    ("2017-01-01", "8.00", "ECB 0,00 + 8"),
    ("2017-07-01", "8.00", "ECB 0,00 + 8"),
    ("2018-01-01", "8.00", "ECB 0,00 + 8"),
    ("2018-07-01", "8.00", "ECB 0,00 + 8"),
    ("2019-01-01", "8.00", "ECB 0,00 + 8"),
    ("2019-07-01", "8.00", "ECB 0,00 + 8"),
    ("2020-01-01", "8.00", "ECB 0,00 + 8"),
    ("2020-07-01", "8.00", "ECB 0,00 + 8"),
    ("2021-01-01", "8.00", "ECB 0,00 + 8"),
    ("2021-07-01", "8.00", "ECB 0,00 + 8"),
    ("2022-01-01", "8.00", "ECB 0,00 + 8"),
    ("2022-07-01", "8.00", "ECB 0,00 + 8"),
    ("2023-01-01", "10.50", "ECB 2,50 + 8"),
    ("2023-07-01", "12.00", "ECB 4,00 + 8"),
    ("2024-01-01", "12.50", "ECB 4,50 + 8"),
    ("2024-07-01", "12.25", "ECB 4,25 + 8"),
    ("2025-01-01", "11.15", "ECB 3,15 + 8"),
    ("2025-07-01", "10.15", f"ECB 2,15 + 8; {_SECOND_HAND}"),
    ("2026-01-01", "10.15", f"ECB 2,15 + 8; {_SECOND_HAND}"),
    ("2026-07-01", "10.40", f"ECB 2,40 + 8; {_SECOND_HAND}"),
)
