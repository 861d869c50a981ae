using System.Globalization;
using Drift;

const string usage = """
    What a drift monitor says about texts of the source that a model was trained on, and about texts of others.

      dotnet run -c Release --project samples/Drift [-- options]

    It reads the API documentation of your SDK, and titles and speeches of ../shared/data/text, where these are there.

      --topics NUMBER     topics of the models, 1 to 500 (30)
      --window NUMBER     texts in a window, 10 to 10000 (1000)
      --help              this text
    """;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
return ConsoleProgram.Run(() =>
{
    var (rank, window) = (30, 1000);
    var reader = new ArgumentReader(args);
    while (reader.NextOption() is { } name)
    {
        switch (name)
        {
            case "--topics":
                rank = reader.WholeNumber(1, 500);
                break;
            case "--window":
                window = reader.WholeNumber(10, 10_000);
                break;
            case "--help":
                Console.WriteLine(usage);
                return;
            default:
                throw reader.Unknown();
        }
    }

    Collection[] collections = [.. Collection.All()];
    var table = new Table("trained on", "texts of", ">unseen words", ">least", ">most", ">shift", ">least", ">most",
        ">fit", ">least", ">most");
    foreach (var trained in collections)
    {
        var study = new Study(trained, rank);
        foreach (var texts in collections.OrderBy(other => other != trained))
        {
            var windows = study.Watch(
                texts == trained ? texts.Texts.Skip(study.Trained) : texts.Texts.Take(5000), window);
            table.Add([
                trained.Name, texts == trained ? "the same" : texts.Name, .. Range(windows.Unseen),
                .. Range(windows.Shift), .. Range(windows.Fit),
            ]);
        }
    }

    table.Print();

    static string[] Range(double[] values)
        => [$"{values.Average():0.00}", $"{values.Min():0.00}", $"{values.Max():0.00}"];
});
