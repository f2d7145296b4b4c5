"""Sign-in, the locked screen and the way back in with the recovery key."""
