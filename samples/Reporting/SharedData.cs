namespace Reporting;

/// <summary>Data that developers of the library share, in the folder <c>shared/data</c> beside a folder above the
/// current one.</summary>
public static class SharedData
{
    /// <summary>A file or folder of the shared data.</summary>
    /// <param name="names">Its folders and its name, below <c>shared/data</c>.</param>
    /// <returns>Its path, or null where there is none.</returns>
    public static string? Find(params string[] names)
    {
        var below = Path.Combine(["shared", "data", .. names]);
        for (var folder = new DirectoryInfo(Environment.CurrentDirectory); folder is not null; folder = folder.Parent)
        {
            var path = Path.Combine(folder.FullName, below);
            if (Path.Exists(path))
                return path;
        }

        return null;
    }
}
