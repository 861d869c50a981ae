using System.CommandLine;
using Microsoft.ML.Transforms.Text;
using MLNmf.Tool.Commands;

namespace MLNmf.Tool.Topics;

/// <summary>Which words are counted.</summary>
/// <param name="Language">Whose stop words are left out.</param>
/// <param name="StopWords">Words to leave out besides.</param>
/// <param name="Ngrams">Longest run of words that is counted as one.</param>
/// <param name="FewestTexts">Number of texts in which a word must be, or null for one that goes with their
/// number.</param>
/// <param name="LargestShare">Share of the texts above which a word is left out.</param>
internal sealed record VocabularyOptions(
    StopWordsRemovingEstimator.Language Language, IReadOnlyList<string> StopWords, int Ngrams, int? FewestTexts,
    double LargestShare)
{
    /// <summary>The options of a command that say so.</summary>
    public static Func<ParseResult, VocabularyOptions> AddTo(Command command)
    {
        var language = new Option<StopWordsRemovingEstimator.Language>("--language")
        {
            Description = "Whose stop words are left out",
            DefaultValueFactory = _ => StopWordsRemovingEstimator.Language.English,
            CustomParser = result =>
            {
                var name = result.Tokens[0].Value;
                if (Enum.TryParse<StopWordsRemovingEstimator.Language>(name, ignoreCase: true, out var known)
                    && Enum.IsDefined(known))
                {
                    return known;
                }

                result.AddError(
                    $"--language: there are no stop words of \"{name}\"; there are those of "
                    + $"{string.Join(", ", Enum.GetNames<StopWordsRemovingEstimator.Language>())}.");
                return default;
            },
        };
        var stopWords = new Option<string?>("--stop-words")
        {
            Description = "A file with further words to leave out, separated by spaces or lines",
        };
        var ngrams = new Option<int>("--ngrams")
        {
            Description = "Count runs of up to so many words as words, too, 1 to 4",
            DefaultValueFactory = _ => 1,
        }.InRange(1, 4);
        var fewest = new Option<int?>("--min-texts")
        {
            Description = "Leave out words that are in fewer texts [default: a thousandth of the texts, 2 to 20]",
        };
        var share = new Option<double>("--max-share")
        {
            Description = "Leave out words that are in a larger share of the texts",
            DefaultValueFactory = _ => 0.5,
        };
        foreach (var option in new Option[] { language, stopWords, ngrams, fewest, share })
            command.Options.Add(option);
        return parsed => new VocabularyOptions(
            parsed.GetValue(language), ReadWords(parsed.GetValue(stopWords)), parsed.GetValue(ngrams),
            parsed.GetValue(fewest) is { } least
                ? Require(least, least >= 1, "--min-texts must be at least 1.")
                : null,
            Require(
                parsed.GetValue(share), parsed.GetValue(share) is > 0 and <= 1,
                "--max-share must be above 0 and at most 1."));
    }

    private static T Require<T>(T value, bool condition, string message)
        => condition ? value : throw new UserErrorException(message);

    private static string[] ReadWords(string? path)
    {
        if (path is null)
            return [];
        if (!File.Exists(path))
            throw new UserErrorException($"There is no file {path} (--stop-words).");
        return File.ReadAllText(path).ToLowerInvariant().Split(
            (char[]?)null, StringSplitOptions.RemoveEmptyEntries);
    }
}
