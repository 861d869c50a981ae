using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// The numbers of a request to the parts of a stream, and where theirs are in an answer. A round takes one batch of
/// every part; a part that has ended has none left, and its sums are zero.
/// </summary>
/// <param name="Pass">Number of the pass over the stream.</param>
/// <param name="Round">Number of the round in the pass, from 0.</param>
/// <param name="Mean">The mean that decides the unit of the stream.</param>
/// <param name="Other">For <see cref="ShardTask.Start"/> which part makes the start, for
/// <see cref="ShardTask.Evaluate"/> the best constant in the unit of the stream.</param>
internal readonly record struct BatchRequest(double Pass, double Round, double Mean, double Other)
{
    /// <summary>Numbers of the answer behind the sums of the activations of the K components.</summary>
    public const int Facts = 5;

    /// <summary>Of these: the cost of the batches.</summary>
    public const int Cost = 0;

    /// <summary>How many samples they have.</summary>
    public const int Samples = 1;

    /// <summary>The sum of their entries.</summary>
    public const int Sum = 2;

    /// <summary>How many parts had one.</summary>
    public const int Parts = 3;

    /// <summary>The objective of the best constant.</summary>
    public const int Constant = 4;

    /// <summary>How many numbers a request has.</summary>
    public const int Length = 4;

    public static BatchRequest Of<T>(ShardRequest<T> request)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => new(request.Numbers[0], request.Numbers[1], request.Numbers[2], request.Numbers[3]);

    public void CopyTo(double[] numbers)
        => (numbers[0], numbers[1], numbers[2], numbers[3]) = (Pass, Round, Mean, Other);
}
