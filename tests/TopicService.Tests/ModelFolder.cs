namespace TopicService.Tests;

/// <summary>A folder of its own with one model file, replaced in the ways that deployments do it.</summary>
internal sealed class ModelFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("mlnmf-");

    public string Folder => _folder.FullName;

    public string File => Path.Combine(Folder, "model.zip");

    /// <summary>Writes aside and renames over the file: never a half-written file at the path.</summary>
    public void Replace(byte[] content)
    {
        var aside = File + ".new";
        System.IO.File.WriteAllBytes(aside, content);
        System.IO.File.Move(aside, File, overwrite: true);
    }

    /// <summary>Writes over the file in place.</summary>
    public void Overwrite(byte[] content) => System.IO.File.WriteAllBytes(File, content);

    public void Dispose() => _folder.Delete(recursive: true);
}
