using System.Diagnostics;
using Cnn.Campaigns.Fuzz.Readers;
using Cnn.Proto;

namespace Cnn.Campaigns.Fuzz.Checks;

/// <summary>
/// Reads inputs in a folder and holds each against the promise: read or refused, in bounded memory and time.
/// </summary>
/// <param name="reader">The reader.</param>
/// <param name="folder">The folder, of this object alone.</param>
internal sealed class InputCheck(FuzzReader reader, string folder)
{
    private const int Measurements = 3;

    /// <summary>
    /// Whether inputs that allocate more in all than they may hold at once are read again in a process with little
    /// memory, which takes a while each.
    /// </summary>
    public bool MeasuresMemory { get; init; } = true;

    /// <summary>Reads an input.</summary>
    public InputOutcome Check(byte[] input)
    {
        long before = GC.GetAllocatedBytesForCurrentThread(), start = Stopwatch.GetTimestamp();
        InputOutcome outcome = Read(input);
        TimeSpan taken = Stopwatch.GetElapsedTime(start);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        if (outcome.Fault is null && MeasuresMemory && reader.BoundsMemory && allocated > reader.Allowance(input))
        {
            outcome = FaultOfMemory(input, allocated) ?? outcome;
        }

        return outcome.Fault is null && taken > FuzzReader.TimeFor(input) ? FaultOfTime(input) ?? outcome : outcome;
    }

    /// <summary>Reads an input without a look at time and memory.</summary>
    public InputOutcome Read(byte[] input)
    {
        try
        {
            reader.ReadInput(input, folder);
            return new InputOutcome(IsRead: true);
        }
        catch (CnnException refusal)
        {
            if (RanOut(refusal))
            {
                return new InputOutcome(false, $"{nameof(OutOfMemoryException)} within: {refusal.Message}", "memory");
            }

            return FaultOf(refusal) is { } fault
                ? new InputOutcome(false, $"{fault}: {refusal.Message}", $"{fault} {PlaceOf(refusal)}")
                : new InputOutcome(IsRead: false);
        }
#pragma warning disable CA1031 // whatever leaves a reader is what the campaign looks for
        catch (Exception error)
#pragma warning restore CA1031
        {
            string place = PlaceOf(error);
            return new InputOutcome(false, $"{error.GetType().Name} {place}: {error.Message}",
                $"{error.GetType().Name} {place}");
        }
    }

    // An array that no memory could hold is refused before there is any; its message says so.
    private static bool RanOut(Exception error)
    {
        for (Exception? inner = error; inner is not null; inner = inner.InnerException)
        {
            if (inner is OutOfMemoryException && !inner.Message.Contains("dimensions", StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    private string? FaultOf(CnnException refusal)
    {
        if (reader.NamesFile && !refusal.Message.Contains(folder, StringComparison.Ordinal))
        {
            return "the error does not name the file";
        }

        if (refusal.Diagnostics.Any(d => d.Location is { } place && (place.Line < 1 || place.Column < 1)))
        {
            return "the error has an impossible place";
        }

        // Not in the lines of the file that the whole message shows.
        return refusal.Diagnostics.Any(d => d.Message.Contains("Exception", StringComparison.Ordinal)
            || d.Message.Contains("   at ", StringComparison.Ordinal)) ? "the error is one for programmers" : null;
    }

    private InputOutcome? FaultOfMemory(byte[] input, long allocated) =>
        InputProcess.Run(reader, input).Fault is { } fault
            ? new InputOutcome(
                false,
                $"{fault} (the file has {input.Length} bytes; {allocated} were allocated in all)",
                $"memory {fault.Split(':')[0]}")
            : null;

    // Other processes, the compiler and the collector make a reading slow, but not each time.
    private InputOutcome? FaultOfTime(byte[] input)
    {
        TimeSpan least = TimeSpan.MaxValue;
        for (int i = 0; i < Measurements; i++)
        {
            TimeSpan before = Environment.CpuUsage.TotalTime;
            Read(input);
            TimeSpan taken = Environment.CpuUsage.TotalTime - before;
            least = taken < least ? taken : least;
        }

        return least > FuzzReader.TimeFor(input)
            ? new InputOutcome(
                false,
                string.Create(
                    System.Globalization.CultureInfo.InvariantCulture,
                    $"{input.Length} bytes take {least.TotalSeconds:F1} s of the processor"),
                "time")
            : null;
    }

    // The innermost method of ours on the stack, or of anybody where none is.
    private static string PlaceOf(Exception error)
    {
        StackFrame[] frames = new StackTrace(error, fNeedFileInfo: true).GetFrames();
        StackFrame? frame = Array.Find(
            frames,
            f => f.GetMethod()?.DeclaringType?.FullName is { } type
                && type.StartsWith("Cnn.", StringComparison.Ordinal)
                && !type.StartsWith("Cnn.Campaigns", StringComparison.Ordinal));
        frame ??= frames.FirstOrDefault();
        return frame is null
            ? ""
            : $"in {frame.GetMethod()?.DeclaringType?.Name}.{frame.GetMethod()?.Name} line {frame.GetFileLineNumber()}";
    }
}
