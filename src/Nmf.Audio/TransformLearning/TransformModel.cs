using System.Numerics;
using System.Numerics.Tensors;
using Nmf.Kernels;
using Nmf.Kernels.Products;

namespace Nmf.Audio;

/// <summary>A learnt transform, and the factorisation of the powers of its coefficients.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
/// <typeparam name="T">float or double.</typeparam>
public sealed class TransformModel<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    internal TransformModel(Matrix<T> transform, Matrix<T> dictionary, Matrix<T> activations, FitReport? report)
        => (Transform, Dictionary, Activations, Report) = (transform, dictionary, activations, report);

    /// <summary>Φ, M x M, orthogonal: every row is an atom of M samples.</summary>
    public Matrix<T> Transform { get; }

    /// <summary>W, M x K: of each component the power of every atom. Columns sum to 1.</summary>
    public Matrix<T> Dictionary { get; }

    /// <summary>H, frames x K, in units of power.</summary>
    public Matrix<T> Activations { get; }

    /// <summary>How the best of the starts went, or null for a model that was loaded.</summary>
    public FitReport? Report { get; }

    /// <summary>Coefficients of frames: X Φᵀ.</summary>
    /// <param name="frames">frames x M.</param>
    /// <returns>frames x M. Times Φ they are the frames again.</returns>
    /// <exception cref="ArgumentException">The frames have another length.</exception>
    public Matrix<T> Coefficients(Matrix<T> frames)
    {
        ArgumentNullException.ThrowIfNull(frames);
        Option.Require(
            frames.Columns == Transform.Columns, nameof(frames),
            $"The frames have {frames.Columns} samples, not {Transform.Columns}.");
        var result = new Matrix<T>(frames.Rows, frames.Columns);
        using var team = new WorkTeam(1);
        MatrixProduct<T>.Create(team).Multiply(frames, new MatrixPart<T>(Transform).Transposed, result, T.One);
        return result;
    }

    /// <summary>The atoms in the order of how much power they have in all frames, the greatest first: the sums over
    /// frames of the rows of W Hᵀ.</summary>
    /// <returns>Rows of <see cref="Transform"/>.</returns>
    public int[] AtomsByPower()
    {
        var ofComponents = new double[Dictionary.Columns];
        FactorKernels.ColumnSums(Activations, ofComponents);
        var power = new double[Transform.Rows];
        for (var f = 0; f < power.Length; f++)
        {
            for (var k = 0; k < ofComponents.Length; k++)
                power[f] += ofComponents[k] * double.CreateTruncating(Dictionary[f, k]);
        }

        return [.. Enumerable.Range(0, power.Length).OrderByDescending(f => power[f])];
    }

    /// <summary>Writes the model to a file, over an older one.</summary>
    /// <param name="path">Path of the file.</param>
    public void Save(string path)
    {
        using var stream = File.Create(AudioPath.RequireNoFolder(path));
        Save(stream);
    }

    /// <summary>Writes the model.</summary>
    /// <param name="stream">A stream to write to; left open.</param>
    public void Save(Stream stream) => TransformModelFile.Write(this, stream);

    /// <summary>Reads a model from a file.</summary>
    /// <param name="path">Path of the file.</param>
    /// <exception cref="InvalidDataException">It is no model, or it is damaged.</exception>
    public static TransformModel<T> Load(string path)
    {
        using var stream = File.OpenRead(AudioPath.RequireNoFolder(path));
        return Load(stream);
    }

    /// <summary>Reads a model that <see cref="Save(Stream)"/> wrote, of the same precision.</summary>
    /// <param name="stream">A stream to read from, up to the end of the model; left open.</param>
    /// <exception cref="InvalidDataException">It is no model, of another precision, or damaged.</exception>
    public static TransformModel<T> Load(Stream stream) => TransformModelFile.Read<T>(stream);

    internal TransformModel<T> With(FitReport report) => new(Transform, Dictionary, Activations, report);
}
