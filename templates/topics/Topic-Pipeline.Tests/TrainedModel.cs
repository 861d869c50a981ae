namespace Topic_Pipeline.Tests;

/// <summary>A model of the texts in <c>data</c>, trained once for all tests.</summary>
public sealed class TrainedModel : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("topics");

    public TrainedModel()
    {
        var output = new StringWriter();
        Training.Run(Path.Combine(AppContext.BaseDirectory, "data", "texts.csv"), ModelPath, output);
        Printed = output.ToString();
    }

    public string ModelPath => Path.Combine(_folder.FullName, "topics.zip");

    public string PagePath => Path.Combine(_folder.FullName, "topics.html");

    public string Printed { get; }

    public void Dispose() => _folder.Delete(recursive: true);
}
