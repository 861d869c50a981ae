using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Topic_Pipeline;

/// <summary>From a CSV file to a saved model.</summary>
public static class Training
{
    /// <summary>Reads the texts, trains, saves the model and a page to explore it, and prints the topics.</summary>
    /// <param name="texts">A CSV file whose first row names its columns and whose first column is the text.</param>
    /// <param name="path">Where the model goes; the page goes beside it.</param>
    public static void Run(string texts, string path, TextWriter output)
    {
        if (!File.Exists(texts))
            throw new FileNotFoundException($"There is no file {texts}.");
        var ml = new MLContext(seed: 1);
        ml.Log += (_, e) =>
        {
            if (e.Kind == ChannelMessageKind.Warning)
                output.WriteLine(e.RawMessage);
        };
        var data = ml.Data.LoadFromTextFile<TextDocument>(
            texts, separatorChar: ',', hasHeader: true, allowQuoting: true, trimWhitespace: true);
        var model = TopicModel.Create(ml).Fit(data);

        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        // Written beside and moved: a service that follows the file never sees half of it.
        ml.Model.Save(model, data.Schema, path + ".new");
        File.Move(path + ".new", path, overwrite: true);
        model.SaveTopicExplorer(Path.ChangeExtension(path, ".html"), data, new() { Text = nameof(TextDocument.Text) });
        foreach (var (k, words) in TopicModel.WordsOf(model).Index())
            output.WriteLine($"{k + 1,3}  {string.Join(", ", words)}");
        output.WriteLine($"Saved {path} and {Path.ChangeExtension(path, ".html")}");
    }
}
