using Nmf;

namespace Microsoft.ML.Transforms;

/// <summary>The outlier term of a robust model, and which columns its transformer makes of it.</summary>
internal sealed class OutlierSection(double lambda, OutlierKind kind, bool hasScoreColumn, bool hasPartColumn)
    : IProblemSection
{
    public const string TagName = "outliers";

    public string Tag => TagName;

    /// <summary>Whether there is a column with the size of the outlier part of each row.</summary>
    public bool HasScoreColumn => hasScoreColumn;

    /// <summary>Whether there is a column with the outlier part itself.</summary>
    public bool HasPartColumn => hasPartColumn;

    /// <summary>The term alone.</summary>
    public OutlierSection WithoutColumns() => new(lambda, kind, false, false);

    public static OutlierSection Of(NmfEstimator.Options options, RobustNmf fitted)
    {
        return new(
            fitted.Lambda!.Value, fitted.Kind, options.OutlierScoreColumnName is not null,
            options.OutlierColumnName is not null);
    }

    public NmfProblem Problem(double beta) => new RobustNmf(beta, lambda, kind);

    // double: lambda; byte: kind; byte: score column; byte: column of outlier parts
    public void Save(BinaryWriter writer)
    {
        writer.Write(lambda);
        writer.Write((byte)kind);
        writer.Write(HasScoreColumn);
        writer.Write(HasPartColumn);
    }

    public static OutlierSection Load(CheckedReader reader, NmfModelParameters model)
    {
        reader.Require(model.Beta is >= 0 and <= 2, "beta");
        return new OutlierSection(
            reader.ReadFinite("outlier penalty", above: 0), reader.ReadEnum<OutlierKind>("kind of outliers"),
            reader.ReadBoolean("presence of a score column"),
            reader.ReadBoolean("presence of a column of outlier parts"));
    }
}
