using System.Numerics;
using System.Numerics.Tensors;
using Nmf.Kernels;

namespace Nmf.Audio;

/// <summary>
/// Nonnegative matrix factorisation of |ΦX|² in which the orthogonal transform Φ is learnt together with the
/// dictionary and the activations, in place of a Fourier or cosine transform that is given. Fagot, Wendt and Févotte,
/// "Nonnegative matrix factorization with transform learning", 2018.
/// </summary>
public static class TransformLearning
{
    // Between the mean power and the largest number, and the least: powers of single frames and of quiet ones.
    private const double RangeOfPowers = 1e6;

    /// <summary>Fits a transform, a dictionary and activations.</summary>
    /// <remarks>Memory: six matrices of the size of the data and seven of M x M. An iteration costs 2 M² (3 N + 4/3 M)
    /// operations, 2 M² (N + M/3) more for every further step of the transform that is tried, and of the order of
    /// 16 M N K.</remarks>
    /// <param name="frames">X: frames x M samples, of <see cref="SignalFrames"/> for one.</param>
    /// <param name="options">What to fit and how; null for the defaults.</param>
    /// <param name="checkpoint">Where to save the state at intervals and to find that of an interrupted fit, or
    /// null.</param>
    /// <param name="progress">Told the objective at every check, on the calling thread.</param>
    /// <param name="cancellationToken">Looked at before every iteration.</param>
    /// <typeparam name="T">float or double.</typeparam>
    /// <exception cref="ArgumentException">An option is out of range, or frames have less than 2 or more than 8192
    /// samples.</exception>
    /// <exception cref="AudioDataException">All frames are silent, one has a sample that is not finite, or
    /// the mean power is too near the limits of T.</exception>
    /// <exception cref="NmfNumericalException">The objective is not finite.</exception>
    /// <exception cref="NmfCheckpointException">The checkpoint is damaged or belongs to another fit.</exception>
    /// <exception cref="OperationCanceledException">The fit was cancelled.</exception>
    public static TransformModel<T> Fit<T>(
        Matrix<T> frames, TransformLearningOptions? options = null, NmfCheckpoint? checkpoint = null,
        IProgress<FitProgress>? progress = null, CancellationToken cancellationToken = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(frames);
        options ??= new TransformLearningOptions();
        options.Validate();
        Option.Require(
            frames.Rows > 0 && frames.Columns is > 1 and <= TransformLearningOptions.LongestFrame, nameof(frames),
            $"There are {frames.Rows} frames of {frames.Columns} samples. There must be one or more, of 2 to "
            + $"{TransformLearningOptions.LongestFrame}.");
        var (data, exponent, power) = InUnit(frames);
        using var team = new WorkTeam(options.Threads ?? Environment.ProcessorCount);
        return new BestOfStarts<TransformSolver<T>, TransformModel<T>>(
            new Plan<T>(data, exponent, power, options, team), progress, cancellationToken).Run(
                checkpoint,
                () => options.AddTo(CheckpointFacts.Of<T>("transform learning", checkpoint!))
                    .Add("frames", CheckpointFacts.MarkOf(data)).Add("unit", exponent),
                (model, report) => model.With(report));
    }

    // Divided by the power of two that gives samples a mean power between 1 and 4.
    private static (Matrix<T> Data, int Exponent, double Power) InUnit<T>(Matrix<T> frames)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        double sum = 0;
        for (var n = 0; n < frames.Rows; n++)
        {
            foreach (var value in frames.Row(n))
            {
                if (!T.IsFinite(value))
                    throw new AudioDataException($"Frame {n} has a sample that is not finite: {value}.");
                var sample = double.CreateTruncating(value);
                sum += sample * sample;
            }
        }

        var mean = sum / ((double)frames.Rows * frames.Columns);
        if (mean == 0)
            throw new AudioDataException("All frames are silent: there is nothing to learn.");
        if (!T.IsFinite(T.CreateTruncating(mean * RangeOfPowers))
            || !T.IsNormal(T.CreateTruncating(mean / RangeOfPowers)))
            throw new AudioDataException(
                $"The mean power of the frames is {mean:G3}: activations, powers too, would leave the range of "
                + $"{typeof(T).Name}. Give the samples another unit.");
        var exponent = (int)Math.Floor(Math.ILogB(mean) / 2.0);
        var data = frames.Clone();
        for (var n = 0; n < data.Rows; n++)
            PowerOfTwo.Scale(data.Row(n), -exponent);
        return (data, exponent, Math.ScaleB(mean, -2 * exponent));
    }

    private sealed class Plan<T>(
        Matrix<T> data, int exponent, double power, TransformLearningOptions options, WorkTeam team)
        : FitPlan<TransformSolver<T>, TransformModel<T>>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public override int Starts => options.Starts;

        public override IterationOptions Iterations(int stage) => options.Iterations;

        public override TransformSolver<T> Create(int start)
        {
            var random = new CounterRandom(options.Seed, start);
            var (size, rank) = (data.Columns, options.Rank);
            var (w, h) = (Draw(size, 1, 0), Draw(data.Rows, power / (0.36 * rank), size));
            return new TransformSolver<T>(
                data, StartTransforms.Create<T>(
                    options.Start, size, new CounterRandom(options.Seed, int.MaxValue - start)), w, h,
                options.Floor * power, options.Sparsity / power, options.KeepsTransform, team);

            Matrix<T> Draw(int rows, double scale, int from)
            {
                var factor = new Matrix<T>(rows, rank);
                for (var i = 0; i < rows; i++)
                {
                    for (var k = 0; k < rank; k++)
                        factor[i, k] = T.CreateChecked(
                            scale * (0.1 + random.Uniform(((long)(from + i) * rank) + k)));
                }

                return factor;
            }
        }

        // Its state is about to be loaded.
        public override TransformSolver<T> CreateEmpty(int stage) => Create(0);

        public override TransformModel<T> Result(TransformSolver<T> model)
        {
            var (w, h) = (model.Dictionary.Clone(), model.Activations.Clone());
            var sums = new double[w.Columns];
            FactorKernels.ColumnSums(w, sums);
            FactorKernels.ScaleColumns(w, [.. sums.Select(sum => sum > 0 ? 1 / sum : 1)]);
            FactorKernels.ScaleColumns(h, sums);
            for (var n = 0; n < h.Rows; n++)
                PowerOfTwo.Scale(h.Row(n), 2 * exponent);
            return new TransformModel<T>(model.Orthogonal(), w, h, null);
        }
    }
}
