"""What people may send in."""
