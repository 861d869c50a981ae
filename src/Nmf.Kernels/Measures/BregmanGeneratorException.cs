namespace Nmf;

/// <summary>A generator of a Bregman divergence returned what no convex function has: a NaN or a negative
/// second derivative.</summary>
/// <param name="message">Which generator, what it returned, and for which values.</param>
public sealed class BregmanGeneratorException(string message) : ArithmeticException(message);
