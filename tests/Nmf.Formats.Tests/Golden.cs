using System.Text.Json;

namespace Nmf.Formats.Tests;

/// <summary>Files that NumPy and SciPy have written, and what is in them.</summary>
internal static class Golden
{
    private static readonly JsonElement Files = JsonDocument.Parse(
        File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "formats.json"))).RootElement.GetProperty("files");

    /// <summary>Writes a file to a folder.</summary>
    /// <returns>Its path, and its values row by row.</returns>
    public static (string Path, double[][] Values) Write(TemporaryFolder folder, string name)
    {
        var file = Files.GetProperty(name);
        var path = folder.File(name);
        File.WriteAllBytes(path, file.GetProperty("bytes").GetBytesFromBase64());
        return (path, [.. file.GetProperty("values").EnumerateArray()
            .Select(row => row.EnumerateArray().Select(value => value.GetDouble()).ToArray())]);
    }

    public static byte[] Bytes(string name) => Files.GetProperty(name).GetProperty("bytes").GetBytesFromBase64();
}

/// <summary>A folder that goes with the test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("formats");

    public string File(string name) => Path.Combine(_folder.FullName, name);

    public void Dispose() => _folder.Delete(recursive: true);
}
