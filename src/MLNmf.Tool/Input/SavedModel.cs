using System.Security.Cryptography;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;

namespace MLNmf.Tool.Input;

/// <summary>A model file of ML.NET.</summary>
/// <param name="Path">The file.</param>
/// <param name="Transformer">The whole pipeline.</param>
/// <param name="InputSchema">What it takes, or null where it was saved without.</param>
internal sealed record SavedModel(string Path, ITransformer Transformer, DataViewSchema? InputSchema)
{
    /// <summary>The steps, one after the other; chains may stand within chains.</summary>
    public IEnumerable<ITransformer> Steps => StepsOf(Transformer);

    /// <summary>The last factorisation of a vector column, or null.</summary>
    public NmfTransformer? Factorisation => Steps.OfType<NmfTransformer>().LastOrDefault();

    /// <summary>What the pipeline takes when it takes texts: the one text column of its input.</summary>
    public string? TextColumn => InputSchema?.Where(column => column.Type is TextDataViewType).ToArray() is [var only]
        ? only.Name
        : null;

    /// <summary>What it takes when it takes numbers: the one vector column of its input.</summary>
    public DataViewSchema.Column? VectorColumn
        => InputSchema?.Where(column => column.Type is VectorDataViewType { Size: > 0 }).ToArray() is [var only]
            ? only
            : null;

    /// <summary>Reads a file.</summary>
    /// <exception cref="UserErrorException">It is no model, damaged, or of a newer version.</exception>
    public static SavedModel Load(MLContext ml, string path)
    {
        if (!File.Exists(path))
            throw new UserErrorException($"There is no file {path}.");
        try
        {
            // A model may be without any class of the library: it is known all the same.
            GC.KeepAlive(typeof(NmfTransformer));
            return new SavedModel(path, ml.Model.Load(path, out var schema), schema);
        }
        catch (Exception e) when (e is FormatException or InvalidDataException or InvalidOperationException
            or ArgumentException or System.Reflection.TargetInvocationException)
        {
            throw new UserErrorException(
                $"{path} is not a model that ML.NET has saved, or it is damaged: "
                + (e.InnerException ?? e).Message.Split('\n')[0]);
        }
    }

    /// <summary>The factorisation.</summary>
    /// <exception cref="UserErrorException">There is none.</exception>
    public NmfTransformer RequireFactorisation()
        => Factorisation ?? throw new UserErrorException(
            $"{Path} has no nonnegative matrix factorisation of a column; its steps are "
            + $"{string.Join(", ", Steps.Select(NameOf))}.");

    /// <summary>What to call a step.</summary>
    public static string NameOf(ITransformer step) => step.GetType().Name.Replace("Transformer", "");

    public static string Checksum(string path)
    {
        using var stream = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    private static IEnumerable<ITransformer> StepsOf(ITransformer model)
        => model is IEnumerable<ITransformer> chain ? chain.SelectMany(StepsOf) : [model];
}
