using System.CommandLine;
using System.Globalization;

namespace MLNmf.Tool.Commands;

/// <summary>Options that several commands have.</summary>
internal static class Options
{
    public static Option<bool> Json() => new("--json")
    {
        Description = "Write the result as JSON, and nothing else, to the output",
    };

    public static Option<int> Seed() => new Option<int>("--seed")
    {
        Description = "Seed of everything random; the same seed gives the same result",
        DefaultValueFactory = _ => 1,
    }.InRange(0, int.MaxValue);

    public static Option<int?> Threads()
    {
        var option = new Option<int?>("--threads")
        {
            Description = "Number of threads; the result does not depend on it [default: one per processor]",
        };
        option.Validators.Add(result =>
        {
            if (result.Errors.Any() || result.Tokens is not [var token] || !int.TryParse(
                token.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var threads)
                || threads > 0)
            {
                return;
            }

            result.AddError("--threads must be at least 1.");
        });
        return option;
    }

    public static Argument<string> Model() => new("model") { Description = "A model that was saved (.zip)" };

    /// <summary>Requires a number to be in a range.</summary>
    public static Option<int> InRange(this Option<int> option, int least, int most)
    {
        option.Validators.Add(result =>
        {
            // What is no number is told by the parser; here its value cannot even be asked for.
            if (result.Errors.Any() || result.Tokens is not [var token] || !int.TryParse(
                token.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
                || (value >= least && value <= most))
            {
                return;
            }

            result.AddError(most == int.MaxValue
                ? string.Create(CultureInfo.InvariantCulture, $"{option.Name} must be at least {least}.")
                : string.Create(CultureInfo.InvariantCulture, $"{option.Name} must be from {least} to {most}."));
        });
        return option;
    }

    /// <summary>A path to write to, found out now to be writable and not after all the work.</summary>
    /// <param name="path">The path.</param>
    /// <param name="others">What the command reads, and what else it writes; null where there is none.</param>
    /// <exception cref="UserErrorException">It cannot be written to, or is one of the others.</exception>
    public static string RequireWritable(string path, params string?[] others)
    {
        try
        {
            foreach (var other in others)
            {
                if (other is { Length: > 0 } && Path.GetFullPath(other).Equals(
                    Path.GetFullPath(path),
                    OperatingSystem.IsWindows() ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal))
                {
                    throw new UserErrorException(
                        $"Cannot write {path}: this command also reads it, or writes something else to it. Name "
                        + "another file.");
                }
            }

            if (Directory.Exists(path))
                throw new UserErrorException($"Cannot write {path}: it is a folder.");
            var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
            Directory.CreateDirectory(folder);
            new FileStream(
                Path.Combine(folder, Path.GetRandomFileName()), FileMode.CreateNew, FileAccess.Write, FileShare.None, 1,
                FileOptions.DeleteOnClose).Dispose();
            return path;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException
            or NotSupportedException)
        {
            throw new UserErrorException($"Cannot write {path}: {e.Message}");
        }
    }
}
