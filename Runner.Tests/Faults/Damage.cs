using Cnn.Proto;

namespace Cnn.Tests.Faults;

/// <summary>Reads a thousand damaged copies of a file.</summary>
internal static class Damage
{
    private const int Count = 1000;
    private const long MostMemory = 64 << 20;

    /// <summary>
    /// Checks that each copy is read, or refused with an error that names its folder, in bounded memory and time, and
    /// that some are refused.
    /// </summary>
    /// <param name="path">The undamaged file.</param>
    /// <param name="read">Reads the copy at a path.</param>
    /// <param name="damagedPath">The path of the copies; null for one in the file's folder.</param>
    /// <param name="leastRefused">The number of copies that have to be refused at least.</param>
    public static async Task Check(
        string path, Action<string> read, string? damagedPath = null, int leastRefused = Count / 20)
    {
        byte[] whole = File.ReadAllBytes(path);
        string damaged = damagedPath ?? Path.Combine(Path.GetDirectoryName(path)!, "damaged" + Path.GetFileName(path));
        int refused = 0;
        await Task.Run(All, TestContext.Current.CancellationToken)
            .WaitAsync(TimeSpan.FromMinutes(3), TestContext.Current.CancellationToken);
        Assert.InRange(refused, leastRefused, Count);

        void All()
        {
            for (int i = 0; i < Count; i++)
            {
                File.WriteAllBytes(damaged, Mutations.Create(whole, i));
                long before = GC.GetAllocatedBytesForCurrentThread();
                try
                {
                    read(damaged);
                }
                catch (CnnException exception)
                {
                    refused++;
                    Assert.Contains(Path.GetDirectoryName(damaged)!, exception.Message, StringComparison.Ordinal);
                }
                catch (Exception exception)
                {
                    Assert.Fail($"mutation {i}: {exception}");
                }

                long taken = GC.GetAllocatedBytesForCurrentThread() - before;
                Assert.True(
                    taken < MostMemory || path.EndsWith(".h5", StringComparison.Ordinal),
                    $"mutation {i} takes {taken} bytes");
            }
        }
    }
}
