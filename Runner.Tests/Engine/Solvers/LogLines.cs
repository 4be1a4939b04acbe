using Serilog.Core;
using Serilog.Events;

namespace Cnn.Tests.Engine.Solvers;

/// <summary>Keeps the lines of a log.</summary>
internal sealed class LogLines : ILogEventSink
{
    public List<string> All { get; } = [];

    public void Emit(LogEvent logEvent) => All.Add(logEvent.RenderMessage());
}
