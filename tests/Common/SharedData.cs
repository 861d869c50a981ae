namespace MLNmf.Tests;

/// <summary>Real data in the folder <c>shared/data</c> beside the repository, which most clones do not have.</summary>
internal static class SharedData
{
    /// <summary>Path of a file; skips the test when it is missing.</summary>
    public static string Find(params string[] path)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine([folder.FullName, "shared", "data", .. path]);
            if (File.Exists(candidate))
                return candidate;
        }

        Assert.Skip($"{Path.Combine(path)} is not there.");
        return "";
    }
}
