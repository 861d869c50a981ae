using Microsoft.ML.Runtime;

namespace Microsoft.ML.Transforms;

/// <summary>Errors of the core about options, as ML.NET's own components throw and mark them.</summary>
internal static class UserErrors
{
    /// <summary>Calls a check of the core.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range; names it in the words
    /// of the core.</exception>
    public static void Mark(IExceptionContext context, Action check)
    {
        try
        {
            check();
        }
        catch (ArgumentException e)
        {
            // Message adds the name of the parameter to what was said, and so will the new one.
            var suffix = $" (Parameter '{e.ParamName}')";
            throw context.ExceptUserArg(
                e.ParamName,
                e.Message.EndsWith(suffix, StringComparison.Ordinal) ? e.Message[..^suffix.Length] : e.Message);
        }
    }
}
