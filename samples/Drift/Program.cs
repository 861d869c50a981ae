using System.Globalization;
using Drift;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
return ConsoleProgram.Run(() =>
{
    var command = new SampleCommand(
        "Drift",
        """
        What a drift monitor says about texts of the source that a model was trained on, and about texts of others.
        It reads the API documentation of your SDK, and titles and speeches of ../shared/data/text, where these are
        there.
        """);
    var topics = command.WholeNumber("--topics", "Topics of the models", 30, least: 1, most: 500);
    var length = command.WholeNumber("--window", "Texts in a window", 1000, least: 10, most: 10_000);
    if (command.Parse(args) is not { } asked)
        return;
    var (rank, window) = (asked.GetValue(topics), asked.GetValue(length));
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
