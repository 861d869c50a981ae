using System.Globalization;
using System.Text;

namespace Reporting;

/// <summary>What every sample does around its own work: numbers in one form everywhere, one line and an exit code for
/// errors of the user.</summary>
public static class ConsoleProgram
{
    private const int Success = 0;
    private const int UserError = 2;

    /// <summary>Runs a program.</summary>
    /// <returns>The exit code: 0, or 2 after a <see cref="UserErrorException"/>.</returns>
    public static int Run(Action program)
    {
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;

        // Signs such as β and ≤, where the console can show them; and files in encodings of old.
        Console.OutputEncoding = Encoding.UTF8;
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        return Run(program, Console.Error);
    }

    /// <summary>Runs a program whose errors go to a writer.</summary>
    /// <returns>The exit code: 0, or 2 after a <see cref="UserErrorException"/>.</returns>
    public static int Run(Action program, TextWriter error)
    {
        try
        {
            program();
            return Success;
        }
        catch (UserErrorException e)
        {
            error.WriteLine(e.Message);
            return UserError;
        }
    }

    /// <summary>Makes a folder for what a sample writes, where there is none, and finds out whether it can
    /// be written to.</summary>
    /// <returns>Its full path.</returns>
    /// <exception cref="UserErrorException">It cannot be made or written to.</exception>
    public static string OutputFolder(string folder)
    {
        try
        {
            var path = Directory.CreateDirectory(folder).FullName;

            // Found out now, not after all the work.
            new FileStream(
                Path.Combine(path, Path.GetRandomFileName()), FileMode.CreateNew, FileAccess.Write, FileShare.None, 1,
                FileOptions.DeleteOnClose).Dispose();
            return path;
        }
        catch (Exception e)
            when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new UserErrorException($"Cannot write to the folder {folder}: {e.Message}");
        }
    }
}
