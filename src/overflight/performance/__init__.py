"""What an aircraft can do. First drawing: range and cruise in still air, no climb, no wind."""
