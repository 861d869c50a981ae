namespace Nmf.Formats;

/// <summary>A file does not hold a matrix that can be read: a broken header, a type that is not numbers, sizes that
/// disagree, or data that end too early. The message begins with the name of the file and says where.</summary>
public sealed class MatrixFormatException : FormatException
{
    internal MatrixFormatException(string path, string message, Exception? inner = null)
        : base($"{System.IO.Path.GetFileName(path)}: {message}", inner) => Path = path;

    /// <summary>The file; of an array in an archive the archive and, after a colon, the array.</summary>
    public string Path { get; }
}
