"""What runs without a person waiting: queue workers and schedules. One service call each."""
