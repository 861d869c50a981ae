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
    private bool _isHere;
    private bool _isLast;
    private bool _isDisposed;
    private Exception? _violation;

    /// <summary>What is told of a source that gives null in the place of a batch: taken for the end, it would leave out
    /// what comes behind it.</summary>
    public static Exception NoBatch()
        => new ArgumentException("The source has given null in the place of a batch.");

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

    /// <summary>Reads the batch that a request is about, where that has not been done yet, so that answering does not
    /// wait for it.</summary>
    public void Fetch(ShardRequest<T> request)
    {
        var asked = BatchRequest.Of(request);
        try
        {
            lock (_gate)
                Fetch(asked);
        }
        catch (Exception e) when (name is not null && Named(e, asked) is { } named)
        {
            throw named;
        }
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
                Read();
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
        {
            _isDisposed = true;
            Close();
        }
    }

    private NmfData<T>? Take(BatchRequest asked)
    {
        lock (_gate)
        {
            Fetch(asked);
            if (_isHere)
                return _batch;
            _batch?.GiveBack();
            (_batch, _next, _hasNext, _isHere) = (_next, null, false, true);
            _place = (asked.Pass, asked.Round);
            return _batch;
        }
    }

    // What is asked for is here, or is the next one. Whoever has waited for the gate until the part was disposed would
    // open the source once more, and nobody would close it.
    private void Fetch(BatchRequest asked)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (_place == (asked.Pass, asked.Round) && _isHere)
            return;
        if (_batches is null || _place != (asked.Pass, asked.Round - 1))
        {
            Close();
            var batches = source.Read(options.BatchSize, (long)asked.Round * options.BatchSize, cancellationToken);
            (_batches, _isLast) = ((ahead is null ? batches : ahead(batches)).GetEnumerator(), false);
            _place = (asked.Pass, asked.Round - 1);
        }

        try
        {
            _isHere = false;
            if (!_hasNext)
                Read();
        }
        catch
        {
            Close();
            throw;
        }
    }

    // The place of a batch is the number of the samples before it, which whoever goes on in the middle counts in whole
    // batches. An error that is found while reading ahead would not be found again at the next place.
    private void Read()
    {
        if (_violation is not null)
            throw _violation;
        var batch = _batches!.MoveNext() ? _batches.Current ?? throw NoBatch() : null;
        if (batch is not null && (_isLast || batch.Samples > options.BatchSize))
        {
            _violation = new NmfDataException(
                _isLast ? $"The batch before this one had fewer samples than the batch size of {options.BatchSize}: "
                    + "that may only be the last one."
                    : $"A batch has {batch.Samples} samples, more than the batch size of {options.BatchSize}.");
            batch.GiveBack();
            throw _violation;
        }

        _isLast = batch?.Samples < options.BatchSize;
        (_next, _hasNext) = (batch, true);
    }

    private void GiveBack()
    {
        lock (_gate)
        {
            _batch?.GiveBack();
            (_batch, _isHere) = (null, false);
        }
    }

    private void Close()
    {
        var batches = _batches;
        _batch?.GiveBack();
        _next?.GiveBack();
        (_batches, _batch, _next, _hasNext, _isHere) = (null, null, null, false, false);
        _place = (double.NaN, double.NaN);
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
