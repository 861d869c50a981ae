using Nmf;
using Nmf.Kernels;

namespace Microsoft.ML.Transforms;

/// <summary>What a model of sequences needs beside its dictionary.</summary>
internal abstract class SequenceSection : IModelSection
{
    public abstract string Tag { get; }

    public abstract void Save(BinaryWriter writer);

    public IModelSection Edited(ComponentEdit edit) => throw new InvalidOperationException(
        "The components of a model of sequences can have names, but no other edit: what one of them does depends on "
        + "what it, or the others, did before.");

    /// <summary>Activations of whole sequences.</summary>
    public abstract Matrix<float> Infer(
        NmfModelParameters model, Matrix<float> dictionary, NmfData<float> data, SequenceLayout sequences);

    public abstract CausalFilter<float> CreateFilter(Matrix<float> dictionary, int updates);
}

/// <summary>Smooth IS-NMF: the weights of the components.</summary>
internal sealed class SmoothSection(double[] smoothness, SmoothnessDirection direction) : SequenceSection
{
    public const string TagName = "smooth";

    public override string Tag => TagName;

    public double[] Smoothness => smoothness;

    // *** Binary format ***
    // byte: direction; K doubles: lambda
    public override void Save(BinaryWriter writer)
    {
        writer.Write((byte)direction);
        foreach (var weight in smoothness)
            writer.Write(weight);
    }

    public static IModelSection Load(CheckedReader reader, NmfModelParameters model)
    {
        var direction = reader.ReadEnum<SmoothnessDirection>("direction of smoothness");
        return new SmoothSection(
            reader.ReadArray("smoothness", model.Rank, sizeof(double), r => r.ReadFinite("smoothness", atLeast: 0)),
            direction);
    }

    public override Matrix<float> Infer(
        NmfModelParameters model, Matrix<float> dictionary, NmfData<float> data, SequenceLayout sequences)
        => SmoothNmf.Infer(
            dictionary, data,
            new SmoothNmfOptions
            {
                Rank = model.Rank,
                ComponentSmoothness = smoothness,
                Direction = direction,
                Inference = model.Inference,
                Threads = 1,
            },
            sequences);

    public override CausalFilter<float> CreateFilter(Matrix<float> dictionary, int updates)
        => new SmoothFilter<float>(dictionary, smoothness, direction, updates);
}

/// <summary>The nonnegative dynamical system: transitions A, row after row, and shapes.</summary>
internal sealed class DynamicalSystemSection(
    float[] transitions, double[] shapes, DynamicalSystemForm form, double floor)
    : SequenceSection
{
    public const string TagName = "dynamical system";

    public override string Tag => TagName;

    public float[] Transitions => transitions;

    public double[] Shapes => shapes;

    public Matrix<float> ToTransitions() => Matrix<float>.FromRowMajor(transitions, shapes.Length, shapes.Length);

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
        return new DynamicalSystemSection(
            reader.ReadNonnegativeSingles("transitions", (long)model.Rank * model.Rank), shapes, form, floor);
    }

    public override Matrix<float> Infer(
        NmfModelParameters model, Matrix<float> dictionary, NmfData<float> data, SequenceLayout sequences)
    {
        var matrix = ToTransitions();
        return DynamicalSystem.Infer(
            dictionary, matrix, data,
            new global::Nmf.DynamicalSystemOptions
            {
                Rank = model.Rank,
                Shapes = shapes,
                Form = form,
                Floor = floor > 0 ? floor : null,
                Inference = model.Inference,
                Threads = 1,
            },
            sequences);
    }

    public override CausalFilter<float> CreateFilter(Matrix<float> dictionary, int updates)
    {
        var matrix = ToTransitions();
        return new DynamicalSystemFilter<float>(dictionary, matrix, shapes, updates);
    }
}
