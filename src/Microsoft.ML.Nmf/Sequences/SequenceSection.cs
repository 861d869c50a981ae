using Nmf;
using Nmf.Kernels;

namespace Microsoft.ML.Transforms;

/// <summary>What a model of sequences needs beside its dictionary.</summary>
internal abstract class SequenceSection : IModelSection
{
    public abstract string Tag { get; }

    public abstract void Save(BinaryWriter writer);

    /// <summary>Activations of whole sequences.</summary>
    public abstract Matrix<float> Infer(NmfModelParameters model, Matrix<float> dictionary, NmfData<float> data, SequenceLayout sequences);

    public abstract CausalFilter<float> CreateFilter(Matrix<float> dictionary, int updates);
}

/// <summary>Smooth IS-NMF.</summary>
internal sealed class SmoothSection(double smoothness, SmoothnessDirection direction) : SequenceSection
{
    public const string TagName = "smooth";

    public override string Tag => TagName;

    public double Smoothness => smoothness;

    public SmoothnessDirection Direction => direction;

    // *** Binary format ***
    // double: lambda; byte: direction
    public override void Save(BinaryWriter writer)
    {
        writer.Write(smoothness);
        writer.Write((byte)direction);
    }

    public static IModelSection Load(CheckedReader reader, NmfModelParameters model)
        => new SmoothSection(reader.ReadFinite("smoothness", atLeast: 0), reader.ReadEnum<SmoothnessDirection>("direction of smoothness"));

    public override Matrix<float> Infer(NmfModelParameters model, Matrix<float> dictionary, NmfData<float> data, SequenceLayout sequences)
        => SmoothNmf.Infer(
            dictionary, data,
            new SmoothNmfOptions
            {
                Rank = model.Rank,
                Smoothness = smoothness,
                Direction = direction,
                InferenceTolerance = model.InferenceTolerance,
                MaximumInferenceIterations = model.MaximumInferenceIterations,
                Threads = 1,
            },
            sequences);

    public override CausalFilter<float> CreateFilter(Matrix<float> dictionary, int updates) => new SmoothFilter<float>(dictionary, smoothness, direction, updates);
}

/// <summary>The nonnegative dynamical system: transitions A, row after row, and shapes.</summary>
internal sealed class DynamicalSystemSection(float[] transitions, double[] shapes, DynamicalSystemForm form, double floor) : SequenceSection
{
    public const string TagName = "dynamical system";

    public override string Tag => TagName;

    public float[] Transitions => transitions;

    public double[] Shapes => shapes;

    public DynamicalSystemForm Form => form;

    // *** Binary format ***
    // byte: form; double: floor, 0 for the default; K doubles: shapes; K x K floats: transitions, row after row
    public override void Save(BinaryWriter writer)
    {
        writer.Write((byte)form);
        writer.Write(floor);
        foreach (var shape in shapes)
            writer.Write(shape);
        foreach (var value in transitions)
            writer.Write(value);
    }

    public static IModelSection Load(CheckedReader reader, NmfModelParameters model)
    {
        var form = reader.ReadEnum<DynamicalSystemForm>("form of the dynamical system");
        var floor = reader.ReadFinite("floor", atLeast: 0);
        var shapes = reader.ReadArray("shapes", model.Rank, sizeof(double), r => r.ReadFinite("shape", atLeast: 0));
        return new DynamicalSystemSection(reader.ReadNonnegativeSingles("transitions", (long)model.Rank * model.Rank), shapes, form, floor);
    }

    public override Matrix<float> Infer(NmfModelParameters model, Matrix<float> dictionary, NmfData<float> data, SequenceLayout sequences)
    {
        using var matrix = Matrix<float>.FromRowMajor(transitions, shapes.Length, shapes.Length);
        return DynamicalSystem.Infer(
            dictionary, matrix, data,
            new global::Nmf.DynamicalSystemOptions
            {
                Rank = model.Rank,
                Shapes = shapes,
                Form = form,
                Floor = floor > 0 ? floor : null,
                InferenceTolerance = model.InferenceTolerance,
                MaximumInferenceIterations = model.MaximumInferenceIterations,
                Threads = 1,
            },
            sequences);
    }

    public override CausalFilter<float> CreateFilter(Matrix<float> dictionary, int updates)
    {
        using var matrix = Matrix<float>.FromRowMajor(transitions, shapes.Length, shapes.Length);
        return new DynamicalSystemFilter<float>(dictionary, matrix, shapes, updates);
    }
}
