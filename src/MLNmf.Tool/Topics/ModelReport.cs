using System.Buffers.Binary;
using System.IO.Compression;
using Microsoft.ML.Transforms;
using MLNmf.Tool.Input;

namespace MLNmf.Tool.Topics;

/// <summary>What there is to say of a model file.</summary>
internal sealed record ModelReport(
    string File, long Bytes, string Sha256, IReadOnlyList<ModelColumn> Input, IReadOnlyList<string> Steps,
    FactorisationReport? Factorisation, ParametersReport? Model)
{
    public static ModelReport Of(SavedModel saved, int features) => new(
        Path.GetFileName(saved.Path), new FileInfo(saved.Path).Length, SavedModel.Checksum(saved.Path),
        [.. saved.InputSchema?.Select(column => new ModelColumn(column.Name, column.Type.ToString()!)) ?? []],
        [.. saved.Steps.Select(SavedModel.NameOf)],
        saved.Factorisation is { } step
            ? new FactorisationReport(step.InputColumnName, step.OutputColumnName, StoredFormat.VersionIn(saved.Path))
            : null,
        ParametersOf(saved) is { } model ? ParametersReport.Of(model, features) : null);

    // Every transformer of the library that has components has them in this property.
    private static NmfModelParameters? ParametersOf(SavedModel saved) => saved.Factorisation?.Model
        ?? saved.Steps.Select(step => step.GetType().GetProperty("Model")?.GetValue(step))
            .OfType<NmfModelParameters>().LastOrDefault();
}

/// <summary>A column that a model takes.</summary>
internal sealed record ModelColumn(string Name, string Type);

/// <summary>The step that factorises.</summary>
internal sealed record FactorisationReport(string InputColumn, string OutputColumn, int? FormatVersion);

/// <summary>A point of the record of a fit.</summary>
internal sealed record HistoryPoint(int Iteration, double Objective, double Seconds);

/// <summary>What a fit has found, and how.</summary>
internal sealed record ParametersReport(
    int Rank, int Features, string Problem, string Solver, string Scale, int TrainingRows, int Iterations,
    string StopReason, double Objective, double ExplainedPart, IReadOnlyList<TopicSummary> Components,
    IReadOnlyList<HistoryPoint> History)
{
    public static ParametersReport Of(NmfModelParameters model, int features) => new(
        model.Rank, model.FeatureCount, model.Problem.ToString(), model.Solver.ToString(), model.Scale.ToString(),
        model.TrainingRows, model.Iterations, model.StopReason.ToString(), model.Objective, model.ExplainedPart,
        TopicSummary.Of(model, features),
        [.. model.ObjectiveHistory.Select(point => new HistoryPoint(
            point.Iteration, point.Objective, point.Elapsed.TotalSeconds))]);
}

/// <summary>Reads which version of the format a factorisation in a model file has.</summary>
internal static class StoredFormat
{
    // The header of a component of ML.NET: signature, two versions, six offsets and sizes; then the signature of the
    // model and the version that has written it, of which the lower half is the number.
    private const int SignatureAt = 64;
    private const int VersionAt = 72;
    private const int HeaderLength = 76;
    private const int NumberOfVersion = 0xFFFF;

    private static readonly byte[] Signature = "NMF\0FACT"u8.ToArray();

    public static int? VersionIn(string path)
    {
        using var archive = ZipFile.OpenRead(path);
        Span<byte> header = stackalloc byte[HeaderLength];
        foreach (var entry in archive.Entries)
        {
            using var stream = entry.Open();
            if (stream.ReadAtLeast(header, HeaderLength, throwOnEndOfStream: false) == HeaderLength
                && header.Slice(SignatureAt, Signature.Length).SequenceEqual(Signature))
            {
                return (int)(BinaryPrimitives.ReadUInt32LittleEndian(header[VersionAt..]) & NumberOfVersion);
            }
        }

        return null;
    }
}
