"""The compiled Gibbs sampler: one function per full conditional, one sweep per file."""
