using Microsoft.ML;
using TopicService;

// Serves the model that samples/TopicModel saves:
//   dotnet run -c Release --project samples/TopicService
//   curl -H "Content-Type: application/json" -d '{"text": "encrypt a file with a password"}'
//   http://localhost:5000/topics
var app = TopicApp.Create(args);
try
{
    await app.RunAsync();
    return 0;
}
catch (NmfPredictorLoadException e)
{
    await Console.Error.WriteLineAsync($"""
        {e.Message}
        Make a model with
          dotnet run -c Release --project samples/TopicModel
        and start the service from the same folder, or name another model file with --Model:Path FILE.
        """);
    return 1;
}
