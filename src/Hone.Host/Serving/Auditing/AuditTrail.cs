using Hone.Host.Serving.Keys;
using Microsoft.AspNetCore.Http;

namespace Hone.Host.Serving.Auditing;

/// <summary>
/// Writes a line for every request that changes something with the role operate or admin, refused ones too, before the client hears of it. What is asked and answered with the
/// role ingest stands in the sessions' journals.
/// </summary>
internal sealed class AuditTrail(RequestDelegate next, AuditLog audit)
{
    public async Task InvokeAsync(HttpContext context)
    {
        if (HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method) || HttpMethods.IsOptions(context.Request.Method))
        {
            await next(context);
            return;
        }
        var isWritten = false;
        context.Response.OnStarting(() =>
        {
            Write();
            return Task.CompletedTask;
        });
        await next(context);
        // Where the client has gone there is no answer that could start.
        Write();

        void Write()
        {
            if (isWritten || context.GetEndpoint()?.Metadata.GetMetadata<NeedsRole>() is not { Role: >= Role.Operate } needed)
                return;
            isWritten = true;
            audit.Append(AuditEntry.Of(context, context.Request.Method, context.Response.StatusCode), isDurable: needed.Role == Role.Admin);
        }
    }
}
