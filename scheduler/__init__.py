"""The application: intake, services, store, notices, jobs and the command line."""
