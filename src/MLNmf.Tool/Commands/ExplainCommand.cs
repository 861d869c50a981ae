using System.CommandLine;
using System.Globalization;
using Microsoft.ML;
using MLNmf.Tool.Input;
using MLNmf.Tool.Topics;

namespace MLNmf.Tool.Commands;

/// <summary><c>mlnmf explain</c>: the topics of one text, and which words say so.</summary>
internal static class ExplainCommand
{
    public static Command Create(ToolConsole console)
    {
        var path = Options.Model();
        var text = new Argument<string?>("text")
        {
            Description = "The text; without it, it is read from the input",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var words = new Option<int>("--words")
        {
            Description = "Most words that are shown of each topic",
            DefaultValueFactory = _ => 8,
        }.InRange(1, 1000);
        var json = Options.Json();
        var command = new Command("explain", "The topics of one text, and which of its words say so")
        {
            path, text, words, json,
        };
        HelpWithExamples.Set(
            command, "mlnmf explain topics.zip \"Bake the bread in a hot oven\"",
            "mlnmf explain topics.zip --json < letter.txt");
        command.SetAction(parsed =>
        {
            var ml = new MLContext();
            var model = SavedModel.Load(ml, parsed.GetValue(path)!);
            var read = parsed.GetValue(text) ?? console.Input.ReadToEnd();
            if (string.IsNullOrWhiteSpace(read))
                throw new UserErrorException("The text is empty: give one after the model, or on the input.");
            var explanation = Explanation.Of(ml, model, read, parsed.GetValue(words));
            if (parsed.GetValue(json))
                console.WriteJson(explanation);
            else
                Write(console, explanation);
        });
        return command;
    }

    private static void Write(ToolConsole console, Explanation explanation)
    {
        if (explanation.Topics.Count == 0)
        {
            console.Write("The model knows none of its words, so the text has no topic.");
            return;
        }

        foreach (var line in Texts.Table(
            [["topic", "share", "because of"], .. explanation.Topics.Select(topic => new[]
            {
                topic.Name is null ? $"{topic.Topic}" : $"{topic.Topic} {topic.Name}", Texts.Percent(topic.Share),
                string.Join(", ", topic.Because.Select(Word)),
            })]))
        {
            console.Write(line);
        }

        console.Write();
        foreach (var topic in explanation.Topics)
            console.Write(
                $"topic {topic.Topic}{(topic.Name is null ? "" : $" ({topic.Name})")} is about "
                + string.Join(", ", topic.About));
        console.Note($"{explanation.KnownWords:0} words of the text are known to the model.");
    }

    // A word that one topic has to itself needs no number.
    private static string Word(ExplainedWord word) => word.Part > 0.995 * word.Count
        ? word.Word
        : string.Create(CultureInfo.InvariantCulture, $"{word.Word} ({word.Part / word.Count:0%})");
}
