using System.Runtime.CompilerServices;

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

    /// <exception cref="ArgumentException">The value is there and not above 0.</exception>
    public static void RequirePositive(
        double? value, string what, [CallerArgumentExpression(nameof(value))] string name = "")
        => Require(value is null or > 0, name, $"The {what} must be greater than zero.");

    /// <summary>Options of a part.</summary>
    /// <exception cref="ArgumentException">They are missing.</exception>
    public static T Given<T>(T? value, [CallerArgumentExpression(nameof(value))] string name = "")
        where T : class
        => value ?? throw new ArgumentException($"{name} is missing.", name);
}
