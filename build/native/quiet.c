/*
 * Nuitka imports inspect, types and typing at every start, to teach them its compiled functions and coroutines. The few
 * compiled modules here have neither coroutines nor readers of signatures; the import would cost 4 MB and 15 ms.
 */
struct _ts;

void __wrap_patchInspectModule(struct _ts *tstate);

void __wrap_patchInspectModule(struct _ts *tstate)
{
    (void)tstate;
}
