using System.Text.Json;
using System.Text.Json.Serialization;
using Nmf;

namespace Microsoft.ML.Transforms;

public sealed partial class NmfModelParameters
{
    private const string JsonFormat = "MLNmf components";
    // Of models that have more than components; the others are written as version 1, which has no sections.
    private const int JsonVersion = 2;

    private static readonly JsonSerializerOptions JsonOptions = new(JsonSerializerDefaults.Web)
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The components, their names and the record of the fit as JSON, for programs that do not read model
    /// files; <see cref="FromJson"/> reads it to the bit.</summary>
    /// <remarks>What only some models have (penalties, relevances, another measure of fit than a β-divergence, missing
    /// entries, outliers, abundances, transitions of sequences, priors, names, edits) is in <c>sections</c>: a name,
    /// and the bytes that a model file has under it in Base64, with which <see cref="ToTransformer"/>,
    /// <see cref="ToSequenceTransformer"/> and <see cref="ToMarginalLikelihoodTransformer"/> give the same
    /// bits.</remarks>
    /// <exception cref="InvalidOperationException">The measure of fit has a Bregman generator without a name
    /// (<see cref="BregmanGeneratorAttribute"/>), by which it could be found again.</exception>
    public string ToJson()
    {
        Section[] sections =
            [.. Sections.Contents().Select(part => new Section(part.Tag, Convert.ToBase64String(part.Content)))];
        return JsonSerializer.Serialize(
            new Content(
                JsonFormat, sections.Length > 0 ? JsonVersion : 1, Beta, Solver.ToString(), Scale.ToString(),
                Inference.Tolerance,
                Inference.MaximumIterations, TrainingRows, Iterations, StopReason.ToString(), Objective, ExplainedPart,
                _contributions, _featureNames,
                [.. Enumerable.Range(0, Rank).Select(k => GetComponent(k).ToArray())],
                [.. _history.Select(point => new Point(point.Iteration, point.Objective, point.Elapsed.Ticks))],
                sections.Length > 0 ? Problem.ToString() : null, sections.Length > 0 ? sections : null),
            JsonOptions);
    }

    /// <summary>Reads what <see cref="ToJson"/> has written.</summary>
    /// <param name="json">The text.</param>
    /// <param name="ml">The context whose component catalog knows the assembly of a Bregman generator of your own; null
    /// where there is none.</param>
    /// <exception cref="FormatException">It is no JSON of a model, of a newer version, or its numbers make no
    /// sense; the message says which.</exception>
    /// <exception cref="InvalidOperationException">The measure of fit has a generator that is not
    /// registered.</exception>
    public static NmfModelParameters FromJson(string json, MLContext? ml = null)
    {
        ArgumentNullException.ThrowIfNull(json);
        Content? content;
        try
        {
            content = JsonSerializer.Deserialize<Content>(json, JsonOptions);
        }
        catch (JsonException e)
        {
            throw new FormatException($"This is not the JSON of a model: {e.Message}", e);
        }

        Require(content?.Format == JsonFormat, "format");
        var model = content!;
        if (model.Version is < 1 or > JsonVersion)
            throw new FormatException(
                $"The JSON has version {model.Version}, written by another version of MLNmf; this one reads versions "
                + $"up to {JsonVersion}.");
        Require(model.Components is { Length: > 0 }, nameof(model.Components));
        var features = model.Components[0]?.Length ?? 0;
        Require(
            features > 0 && Array.TrueForAll(model.Components, component => component?.Length == features
                && Array.TrueForAll(component, weight => weight >= 0 && float.IsFinite(weight))),
            nameof(model.Components));
        Require(
            model.Contributions?.Length == model.Components.Length
                && Array.TrueForAll(model.Contributions, share => share is >= 0 and <= LargestShare),
            nameof(model.Contributions));
        Require(
            model.FeatureNames is null || (model.FeatureNames.Length == features
                && Array.TrueForAll(model.FeatureNames, name => name is not null)), nameof(model.FeatureNames));
        Require(
            model.History is { Length: > 0 } && Array.TrueForAll(
                model.History, point => point is { Iteration: >= 0, ElapsedTicks: >= 0 }
                    && double.IsFinite(point.Objective)), nameof(model.History));
        Require(double.IsFinite(model.Beta), nameof(model.Beta));
        Require(double.IsFinite(model.Objective), nameof(model.Objective));
        Require(double.IsFinite(model.ExplainedPart), nameof(model.ExplainedPart));
        Require(model.TrainingRows >= 0, nameof(model.TrainingRows));
        Require(model.Iterations >= 0, nameof(model.Iterations));
        Require(model.InferenceTolerance is > 0 and < double.PositiveInfinity, nameof(model.InferenceTolerance));
        Require(
            model.InferenceIterations is >= 1 and <= InferenceOptions.MostIterations,
            nameof(model.InferenceIterations));
        var solver = Parse<NmfSolver>(model.Solver, nameof(model.Solver));
        Require(solver != NmfSolver.Auto, nameof(model.Solver));
        var read = new NmfModelParameters(
            [.. model.Components.SelectMany(component => component)], model.Components.Length, model.FeatureNames,
            [.. model.History.Select(point => new ObjectivePoint(
                point.Iteration, point.Objective, TimeSpan.FromTicks(point.ElapsedTicks)))], model.Contributions!)
        {
            Beta = model.Beta,
            Solver = solver,
            Scale = Parse<ComponentScale>(model.Scale, nameof(model.Scale)),
            Inference = new()
            {
                Tolerance = model.InferenceTolerance,
                MaximumIterations = model.InferenceIterations,
            },
            TrainingRows = model.TrainingRows,
            Iterations = model.Iterations,
            StopReason = Parse<StopReason>(model.StopReason, nameof(model.StopReason)),
            Objective = model.Objective,
            ExplainedPart = model.ExplainedPart,
        };
        if (model.Sections is not null)
        {
            read.Sections = SectionsOf(model.Sections, read);
            read.ResolveMeasure(ml ?? new MLContext());
        }

        return read;
    }

    private static ModelSections SectionsOf(Section[] stored, NmfModelParameters model)
    {
        Require(
            Array.TrueForAll(stored, section => section is { Tag: not null, Data: not null }),
            nameof(Content.Sections));
        var contents = new List<(string Tag, byte[] Content)>();
        foreach (var (tag, data) in stored)
        {
            var content = new byte[data!.Length];
            Require(Convert.TryFromBase64String(data, content, out var length), nameof(Content.Sections));
            contents.Add((tag!, content[..length]));
        }

        return ModelSections.Of(contents, model);
    }

    private static void Require(bool condition, string what)
    {
        if (!condition)
            throw new FormatException(
                $"This is not the JSON of a model, or it is damaged: {JsonNamingPolicy.CamelCase.ConvertName(what)}.");
    }

    private static TEnum Parse<TEnum>(string? text, string what)
        where TEnum : struct, Enum
    {
        Require(Enum.TryParse<TEnum>(text, out var value) && Enum.IsDefined(value), what);
        return value;
    }

    private sealed record Content(
        string? Format, int Version, double Beta, string? Solver, string? Scale, double InferenceTolerance,
        int InferenceIterations, int TrainingRows, int Iterations, string? StopReason, double Objective,
        double ExplainedPart, double[]? Contributions, string[]? FeatureNames, float[][] Components, Point[] History,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Problem = null,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Section[]? Sections = null);

    private sealed record Section(string? Tag, string? Data);

    private sealed record Point(int Iteration, double Objective, long ElapsedTicks);
}
