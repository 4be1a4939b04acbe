using System.Diagnostics;
using Cnn.Proto;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Cnn.Tests.Proto.Text;

/// <summary>Whatever the file, it is read or refused with a place; nothing else is thrown and nothing hangs.</summary>
[Trait("Category", "Fuzz")]
public class TextFuzzTests
{
    private const int Inputs = 100_000;

    private static readonly string[] Files = Directory.GetFiles(
        Path.Combine(AppContext.BaseDirectory, "Goldens"), "*.prototxt", SearchOption.AllDirectories);

    private readonly FuzzInputs nets = new(Read(isSolver: false));
    private readonly FuzzInputs solvers = new(Read(isSolver: true));
    private int read;
    private int refused;
    private volatile int current;

    [Fact]
    public async Task AnyFileIsReadOrRefusedWithItsPlace()
    {
        Assert.True(Files.Length >= 100, "the golden files that are to be damaged are not beside the tests");
        try
        {
            await Task.Run(All, TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromMinutes(5), TestContext.Current.CancellationToken);
        }
        catch (TimeoutException)
        {
            Assert.Fail($"input {current} of {Inputs} hangs");
        }

        // Both ways out are well trodden, or the inputs test nothing.
        Assert.Equal(Inputs, read + refused);
        Assert.InRange(read, Inputs / 20, Inputs * 19 / 20);
    }

    private void All()
    {
        for (current = 0; current < Inputs; current++)
        {
            int index = current;
            bool isSolver = index % 5 == 3;
            byte[] input = (isSolver ? solvers : nets).Create(index);
            MessageDescriptor type = isSolver ? SolverParameter.Descriptor : NetParameter.Descriptor;
            bool isRead = Read(input, type, index, out TimeSpan took);

            // Another look tells a slow reader from a busy machine.
            for (int look = 0; look < 3 && took > TimeSpan.FromSeconds(1); look++)
            {
                Read(input, type, index, out took);
            }

            Assert.True(took < TimeSpan.FromSeconds(1), $"input {index} takes {took}");
            _ = isRead ? read++ : refused++;
        }
    }

    private static bool Read(byte[] input, MessageDescriptor type, int index, out TimeSpan took)
    {
        long start = Stopwatch.GetTimestamp();
        IMessage? message = null;
        CnnException? refusal = null;
        try
        {
            message = TextFormat.Parse(type, FileText.Decode(input, "f"), "f", new SourceMap());
        }
        catch (CnnException exception)
        {
            refusal = exception;
        }
        catch (Exception exception)
        {
            throw new InvalidOperationException($"input {index} ends in {exception.GetType().Name}", exception);
        }

        took = Stopwatch.GetElapsedTime(start);
        if (message is null)
        {
            CheckRefusal(refusal!, input, index);
        }
        else
        {
            string printed = TextFormat.Print(message);
            Assert.True(message.Equals(TextFormat.Parse(type, printed, "printed")), $"input {index} does not survive printing");
        }

        return message is not null;
    }

    private static void CheckRefusal(CnnException refusal, byte[] input, int index)
    {
        int lines = 1 + input.Count(b => b == '\n');
        foreach (Diagnostic mistake in refusal.Diagnostics)
        {
            Assert.True(
                mistake.Location is { File: "f", Line: > 0, Column: > 0 } at && at.Line <= lines && at.Column <= input.Length + 1,
                $"input {index} is refused without its place: {mistake}");
            Assert.False(string.IsNullOrWhiteSpace(mistake.Message));
        }

        Assert.True(refusal.Diagnostics.Count <= 51 && refusal.Message.Length < 51 * 1000, $"input {index} is refused at length");
    }

    private static IEnumerable<string> Read(bool isSolver) =>
        from file in Files.Order(StringComparer.Ordinal)
        where Path.GetFileName(file).StartsWith("solver", StringComparison.Ordinal) == isSolver
        select File.ReadAllText(file);
}
