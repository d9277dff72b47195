"""Accept a payload once: mask, pseudonymise, weigh; repeats dropped, floods weighted."""
