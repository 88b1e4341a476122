"""What runs under Voldaan on one machine: embedded services, their roles, and one parent for all processes."""
