namespace Nmf;

/// <summary>What one user gave to one item.</summary>
/// <param name="User">Index of the user, from 0.</param>
/// <param name="Item">Index of the item, from 0.</param>
/// <param name="Value">The rating, finite and at least 0.</param>
public readonly record struct Rating(int User, int Item, float Value);
