"""What people ask: how it stands, what needs a person, why me, was it fair, what a report says. Nothing is changed."""
