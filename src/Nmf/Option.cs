namespace Nmf;

/// <summary>The one check of an option: who is asked for something impossible says which option,
/// and what to do.</summary>
internal static class Option
{
    /// <exception cref="ArgumentException">The condition does not hold.</exception>
    public static void Require(bool condition, string name, string message)
    {
        if (!condition)
            throw new ArgumentException(message, name);
    }
}
