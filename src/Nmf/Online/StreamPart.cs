using System.Numerics;

namespace Nmf;

/// <summary>
/// A part of a stream: reads its batches, one for every round, and has them answered. It keeps nothing but its place,
/// so that it can be made anew, elsewhere, in the middle of a pass.
/// </summary>
/// <param name="source">Its batches.</param>
/// <param name="worker">Answers.</param>
/// <param name="options">What is learnt.</param>
/// <param name="name">What stands before the number of a batch in messages; null for a stream that has no other part,
/// whose messages are those of its source.</param>
/// <param name="ahead">Reads ahead, or null.</param>
/// <param name="cancellationToken">Looked at between updates and between samples.</param>
/// <remarks>Thread-safe in so far as the next batch may be read while one is answered.</remarks>
internal sealed class StreamPart<T>(
    INmfBatchSource<T> source, OnlineWorker<T> worker, OnlineNmfOptions options, string? name,
    Func<IEnumerable<NmfData<T>>, IEnumerable<NmfData<T>>>? ahead = null,
    CancellationToken cancellationToken = default) : IShardAnswers<T>, IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly object _gate = new();
    private IEnumerator<NmfData<T>>? _batches;
    private (double Pass, double Round) _place = (double.NaN, double.NaN);
    private NmfData<T>? _batch;
    private NmfData<T>? _next;
    private bool _hasNext;

    /// <inheritdoc/>
    public void Answer(ShardRequest<T> request, ShardSums<T> sums)
    {
        var asked = BatchRequest.Of(request);
        try
        {
            var batch = Take(asked);
            if (batch is not null)
            {
                if (batch.Features != source.Features)
                    throw new NmfDataException(
                        $"A batch has {batch.Features} features after {(long)asked.Round * options.BatchSize} samples, "
                        + $"but the source has announced {source.Features}.");
                OnlineWorker<T>.Require(batch, source.Features, options.Beta);
            }

            worker.Answer(batch, request, sums, cancellationToken);
        }
        catch (Exception e) when (name is not null && Named(e, asked) is { } named)
        {
            throw named;
        }

        if (request.Task is ShardTask.Learn or ShardTask.Evaluate)
            GiveBack();
    }

    /// <summary>Reads the batch of the next round, for which nobody has asked yet. What goes wrong does so again when
    /// somebody asks.</summary>
    /// <returns>Whether there was anything to do.</returns>
    public bool ReadNext()
    {
        lock (_gate)
        {
            if (_batches is null || _hasNext)
                return false;
            try
            {
                (_next, _hasNext) = (_batches.MoveNext() ? _batches.Current : null, true);
            }
            catch (Exception)
            {
                // An enumerator that has thrown has ended: it is opened again at its place.
                Close();
            }

            return true;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
            Close();
    }

    private NmfData<T>? Take(BatchRequest asked)
    {
        lock (_gate)
        {
            if (_place == (asked.Pass, asked.Round) && _batch is not null)
                return _batch;
            if (_batches is null || _place != (asked.Pass, asked.Round - 1))
            {
                Close();
                var batches = source.Read(options.BatchSize, (long)asked.Round * options.BatchSize, cancellationToken);
                _batches = (ahead is null ? batches : ahead(batches)).GetEnumerator();
            }

            try
            {
                if (!_hasNext)
                    _next = _batches.MoveNext() ? _batches.Current : null;
            }
            catch
            {
                Close();
                throw;
            }

            _batch?.GiveBack();
            (_batch, _next, _hasNext) = (_next, null, false);
            _place = (asked.Pass, asked.Round);
            return _batch;
        }
    }

    private void GiveBack()
    {
        lock (_gate)
        {
            _batch?.GiveBack();
            _batch = null;
        }
    }

    private void Close()
    {
        var batches = _batches;
        _batch?.GiveBack();
        _next?.GiveBack();
        (_batches, _batch, _next, _hasNext, _place) = (null, null, null, false, (double.NaN, double.NaN));
        batches?.Dispose();
    }

    // Of the kinds that say something of the data.
    private Exception? Named(Exception e, BatchRequest asked)
    {
        var place = $"{name}batch {asked.Round}: {e.Message}";
        return e switch
        {
            NmfDataException data => new NmfDataException(place, data.Sample, data.Feature, data.Value),
            NmfNumericalException => new NmfNumericalException(place),
            FormatException => new FormatException(place, e),
            ArgumentException => new ArgumentException(place, e),
            _ => null,
        };
    }
}
