using Cnn.Proto;

namespace Cnn.Engine.Checks;

/// <summary>Tells what goes wrong inside a layer, as against a refusal in words.</summary>
internal static class LayerFault
{
    /// <summary>Whether an exception is a finding about the layer; else it ends the whole check.</summary>
    public static bool IsOfTheLayer(Exception exception) =>
        exception is not (OutOfMemoryException or OperationCanceledException or ThreadStartException);

    /// <summary>Returns what an exception says, and where it was thrown.</summary>
    public static string Describe(Exception exception)
    {
        if (exception is CnnException { Diagnostics: [var diagnostic, ..] })
        {
            return diagnostic.Message;
        }

        string place = exception.StackTrace?.Split('\n')[0].Trim() is { Length: > 0 } first ? $" ({first})" : "";
        return $"it throws {exception.GetType().Name}: {exception.Message.Split('\n')[0].TrimEnd()}{place}";
    }
}
