using System.Globalization;
using System.IO.Compression;
using Microsoft.ML;

namespace TopicService.Tests;

/// <summary>Mutants of a saved pipeline: each is refused, soon and with its reason, or answers as before.</summary>
public sealed class MutatedModelTests : IDisposable
{
    private static readonly string[] Texts = ["rain and wind", "bank stock bond", "a cat and a dog", "none of them"];
    private readonly ModelFolder _folder = new();

    // More by hand: MUTANTS=5000 dotnet test …
    private static int Mutants
        => int.TryParse(Environment.GetEnvironmentVariable("MUTANTS"), CultureInfo.InvariantCulture, out var count)
            ? count : 150;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("", false)]
    [InlineData("Schema", true)]
    [InlineData("Transform_00", false)]
    public void A_mutant_is_refused_or_answers_as_the_original(string part, bool mayDiffer)
    {
        var original = TopicModels.Instance.Small;
        _folder.Replace(original);
        using var predictor = new NmfPredictor<TextDocument, TextTopics>(
            "topics",
            new NmfPredictorOptions
            {
                Path = _folder.File, ReloadOnChange = false, LoadTimeout = TimeSpan.FromSeconds(30),
            });
        var expected = Answers(predictor);
        var entry = part.Length == 0 ? "" : Factorisation(original, part);
        var random = new Random(17);
        var (refused, answered) = (0, 0);
        for (var i = 0; i < Mutants; i++)
        {
            _folder.Replace(entry.Length == 0
                ? Mutate([.. original], random)
                : Archives.Altered(original, entry, bytes => Mutate(bytes, random)));
            if (!predictor.Refresh())
            {
                Assert.DoesNotContain("given up", Assert.IsType<string>(predictor.Status.LastError));
                refused++;
            }
            else
            {
                var answers = Answers(predictor);
                if (!mayDiffer)
                    Assert.Equal(expected, answers);
                Assert.All(answers, answer => Assert.All(answer, value => Assert.True(float.IsFinite(value))));
                answered++;
            }
        }

        Assert.True(refused > Mutants / 10, $"{refused} refused, {answered} answered");
        Assert.Equal(Mutants, refused + answered);
    }

    // The entry of the factorisation, the last of the chain; other entries by their name.
    private static string Factorisation(byte[] file, string part)
    {
        using var archive = new ZipArchive(new MemoryStream(file), ZipArchiveMode.Read);
        return archive.Entries.Select(entry => entry.FullName).Where(
            name => name.Contains(part, StringComparison.Ordinal) && !name.EndsWith(".txt", StringComparison.Ordinal))
            .Last(name => name == part || name.Split('/', '\\')[^2].StartsWith(part, StringComparison.Ordinal));
    }

    internal static byte[] Mutate(byte[] bytes, Random random)
    {
        switch (random.Next(4))
        {
            case 0:
                bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
                break;
            case 1:
                int[] numbers = [0, -1, 1, 65537, int.MaxValue, 1 << 28, random.Next()];
                BitConverter.TryWriteBytes(
                    bytes.AsSpan(random.Next(bytes.Length - 3)), numbers[random.Next(numbers.Length)]);
                break;
            case 2:
                random.NextBytes(bytes.AsSpan(random.Next(bytes.Length - 8), 8));
                break;
            default:
                var (from, to) = (random.Next(bytes.Length - 16), random.Next(bytes.Length - 16));
                bytes.AsSpan(from, 16).ToArray().CopyTo(bytes, to);
                break;
        }

        return bytes;
    }

    private static float[][] Answers(NmfPredictor<TextDocument, TextTopics> predictor)
        => [.. Texts.Select(text => predictor.Predict(new TextDocument { Text = text }).Topics)];
}
