namespace Cnn.Tests.Proto.Text;

/// <summary>Passes input after input to a reader, and names the one that hangs.</summary>
internal static class FuzzRun
{
    // Far more than any input takes on a busy machine: it detects an input that hangs, not a slow one.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Reads all inputs. Fails if one hangs or ends in any exception, or if nearly all or nearly none are read, since
    /// they would then test little.
    /// </summary>
    /// <param name="inputs">The number of inputs.</param>
    /// <param name="read">Reads the input of an index, and returns whether it was read or refused.</param>
    public static async Task All(int inputs, Func<int, bool> read)
    {
        CancellationToken stop = TestContext.Current.CancellationToken;
        int current = 0, accepted = 0;
        Task all = Task.Run(
            () =>
            {
                for (int i = 0; i < inputs; i++)
                {
                    Volatile.Write(ref current, i);
                    accepted += IsRead(read, i) ? 1 : 0;
                }
            },
            stop);
        for (int last = -1; await Task.WhenAny(all, Task.Delay(Patience, stop)) != all;)
        {
            int now = Volatile.Read(ref current);
            Assert.False(now == last, $"input {now} of {inputs} hangs");
            last = now;
        }

        await all;
        Assert.InRange(accepted, inputs / 20, inputs * 19 / 20);
    }

    private static bool IsRead(Func<int, bool> read, int index)
    {
        try
        {
            return read(index);
        }
        catch (Exception exception) when (exception is not Xunit.Sdk.XunitException)
        {
            throw new InvalidOperationException($"input {index} ends in {exception.GetType().Name}", exception);
        }
    }
}
