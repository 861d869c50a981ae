using Microsoft.Extensions.Options;
using Nmf.Distributed.Grains;

namespace Nmf.Distributed.Tests;

/// <summary>Threads on which sources and sinks are called.</summary>
public sealed class ShardReadersTests
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Who_has_another_name_does_not_wait_and_nothing_stays_of_those_who_left()
    {
        var all = new ShardReaders(Options.Create(new ShardingOptions { Threads = 2 }));
        using var gate = new ManualResetEventSlim();
        using var cancel = new CancellationTokenSource();
        int Wait()
        {
            gate.Wait();
            return 1;
        }

        var (a, b, other) = (all.Rent("fit"), all.Rent("fit"), all.Rent("other"));
        Assert.Equal(2, all.Count);
        Task<int>[] blocked = [a.Begin(Wait, default), b.Begin(Wait, default)];
        var waits = a.Begin(() => 2, cancel.Token);
        var isBegun = false;
        var late = b.Call(
            () =>
            {
                isBegun = true;
                return Task.FromResult(3);
            }, cancel.Token);
        Assert.Equal(4, await other.Begin(() => 4, default).WaitAsync(Long));
        Assert.False(waits.IsCompleted);

        // Nobody waits longer than until it is cancelled, and what stood behind those that block is not begun any more.
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => late.WaitAsync(Long));
        a.Dispose();
        a.Dispose();
        Assert.Equal(2, all.Count);
        b.Dispose();
        other.Dispose();
        Assert.Equal(0, all.Count);

        // The same name again has threads that nobody blocks.
        using (var again = all.Rent("fit"))
            Assert.Equal(5, await again.Call(() => Task.FromResult(5), default).WaitAsync(Long));
        gate.Set();
        Assert.Equal(2, (await Task.WhenAll(blocked).WaitAsync(Long)).Sum());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waits.WaitAsync(Long));
        Assert.False(isBegun);
    }
}
