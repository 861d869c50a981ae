using System.Collections.Concurrent;
using Microsoft.ML;

namespace TopicService.Tests;

public sealed class LeasedPoolTests
{
    private sealed class Item : IDisposable
    {
        private int _disposals;

        public int Disposals => Volatile.Read(ref _disposals);

        public int Users;

        public void Dispose() => Interlocked.Increment(ref _disposals);
    }

    [Fact]
    public void Objects_are_reused()
    {
        var first = new Item();
        var pool = new LeasedPool<Item>(() => throw new InvalidOperationException("one was idle"), first, 2, null);
        for (var i = 0; i < 3; i++)
        {
            Assert.Same(first, pool.Rent());
            pool.Return(first);
        }
        Assert.Equal(0, first.Disposals);
    }

    [Fact]
    public void A_burst_makes_more_objects_and_drops_the_surplus()
    {
        var made = new List<Item> { new() };
        var pool = new LeasedPool<Item>(
            () =>
            {
                made.Add(new Item());
                return made[^1];
            },
            made[0],
            retained: 2,
            null);
        var rented = Enumerable.Range(0, 5).Select(_ => pool.Rent()).ToList();
        Assert.Equal(5, rented.Distinct().Count());
        rented.ForEach(pool.Return);
        Assert.Equal(3, made.Sum(i => i.Disposals));
        Assert.Equal(5, made.Count);
        var again = Enumerable.Range(0, 2).Select(_ => pool.Rent()).ToList();
        Assert.Equal(5, made.Count);
        Assert.All(again, i => Assert.Equal(0, i.Disposals));
    }

    [Fact]
    public void Objects_and_owner_are_disposed_after_the_last_use_and_not_before()
    {
        var item = new Item();
        var owner = 0;
        var pool = new LeasedPool<Item>(() => new Item(), item, 2, () => owner++);
        Assert.True(pool.TryAcquire());
        pool.Release();
        Assert.True(pool.TryAcquire());
        var rented = pool.Rent();
        pool.Release();     // the use of whoever made the pool: it is retired
        Assert.Equal((0, 0), (rented.Disposals, owner));
        pool.Return(rented);
        pool.Release();
        Assert.Equal((1, 1), (item.Disposals, owner));
        Assert.False(pool.TryAcquire());
    }

    [Fact]
    public void Under_contention_no_object_has_two_users_and_all_are_disposed_once()
    {
        const int UsesBeforeTheEnd = 200;
        for (var round = 0; round < 20; round++)
        {
            var made = new ConcurrentBag<Item>();
            var (owner, uses, faults) = (0, 0, 0);
            Item Make()
            {
                var item = new Item();
                made.Add(item);
                return item;
            }
            var pool = new LeasedPool<Item>(Make, Make(), 3, () => Interlocked.Increment(ref owner));
            var threads = Enumerable.Range(0, 4).Select(_ => new Thread(() =>
            {
                while (pool.TryAcquire())
                {
                    var item = pool.Rent();
                    if (Interlocked.Increment(ref item.Users) != 1 || item.Disposals != 0
                        || Volatile.Read(ref owner) != 0)
                    {
                        Interlocked.Increment(ref faults);
                    }
                    Interlocked.Decrement(ref item.Users);
                    pool.Return(item);
                    // Somewhere amid the uses the pool is retired, as a model is when its successor is swapped in.
                    if (Interlocked.Increment(ref uses) == UsesBeforeTheEnd)
                        pool.Release();
                    pool.Release();
                }
            })).ToList();
            threads.ForEach(t => t.Start());
            threads.ForEach(t => t.Join());
            Assert.Equal((1, 0), (owner, faults));
            Assert.All(made, i => Assert.Equal(1, i.Disposals));
        }
    }
}
