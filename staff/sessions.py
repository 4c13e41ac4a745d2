"""What a session remembers beside who is signed in."""

# The language of the account's profile, for as long as the session lasts: written at sign-in, read by the middleware.
LANGUAGE_SESSION_KEY = "language"
