using Microsoft.ML;
using Nmf;
using Topic_Pipeline;

try
{
    if (args is ["train", var texts, .. var rest])
    {
        Training.Run(texts, rest is [var model] ? model : TopicModel.DefaultPath, Console.Out);
        return 0;
    }

    if (args is ["train"])
    {
        Console.Error.WriteLine("Which texts? train FILE.csv [MODEL.zip]");
        return 2;
    }

    await TopicService.Create(args).RunAsync();
    return 0;
}
catch (NmfPredictorLoadException e)
{
    Console.Error.WriteLine($"{e.Message}\nTrain a model first: dotnet run -- train data/texts.csv");
    return 1;
}
catch (Exception e) when (e is FileNotFoundException or NmfDataException)
{
    Console.Error.WriteLine(e.Message);
    return 2;
}
